"""Acts of signed-in people. Each takes a session and an actor, and asks accounts first."""
