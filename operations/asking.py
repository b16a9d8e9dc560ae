"""What is asked before something is changed."""


def typed(stack: str, to: str) -> bool:
    """Ask for the stack's name: a yes is given too easily."""
    try:
        return input(f"type {stack} to {to}, anything else to leave: ").strip() == stack
    except EOFError:
        return False
