"""The AWS of the sandbox: moto in a process of its own, mended, with its state saved."""
