"""Holds a program to its promises over many simulated runs."""
