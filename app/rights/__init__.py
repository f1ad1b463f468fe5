"""What anybody may ask of us by law: all we keep of them, and to be forgotten."""
