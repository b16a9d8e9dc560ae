"""An AWS on this machine for the real engine; the program itself never imports it."""
