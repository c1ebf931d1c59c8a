"""Sentiment: does the writer feel bad?"""
