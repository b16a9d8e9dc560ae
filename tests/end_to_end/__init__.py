"""The real engine in the sandbox: what users do, from the first command on.

In ``both`` are the tests of one sandbox in which both environments were brought up; in ``alone``
those that need a sandbox of their own.
"""
