"""The product as gunicorn serves it in the benchmark; objects made at start-up are excluded from garbage
collection.
"""

import gc
import os

from app import create_app
from app.kernel.database.session import db

app = create_app(os.environ)
with app.app_context():
    db.engine.dispose()  # workers open connections of their own
gc.collect()
gc.freeze()
