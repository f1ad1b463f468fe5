"""The order on every channel: its fulfillments, states, availability, prices and pickup passes."""
