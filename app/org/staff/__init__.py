"""Staff: profiles, hiring, organising (ACC-2)."""
