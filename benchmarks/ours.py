"""The product as gunicorn serves it in the benchmark; what start-up made is never collected again."""

import gc
import os

from app import create_app
from app.kernel.database.session import db

app = create_app(os.environ)
with app.app_context():
    db.engine.dispose()  # workers open connections of their own
gc.collect()
gc.freeze()
