"""What must never be kept: is it gone before anything is stored, and nothing else with it?"""
