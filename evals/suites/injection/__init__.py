"""Injection: does a message try to command the machine?"""
