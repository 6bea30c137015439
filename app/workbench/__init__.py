"""The start page: pending tasks of the actor and figures of their scope. It only reads."""
