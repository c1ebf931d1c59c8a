"""Human: is a person wanted?"""
