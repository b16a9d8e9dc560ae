"""The real engine in the sandbox: what users do, from the first command on."""
