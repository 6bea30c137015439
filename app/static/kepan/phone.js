// Scripts of the phone pages: every page works without them; they only save steps.
import './phone/submit.js';
import './phone/number-parts.js';
import './phone/countdown.js';
import './phone/back.js';
import './phone/tabs.js';
import './phone/pictures.js';
import './phone/counter.js';
import './phone/choices.js';
import './phone/pages.js';
import './phone/upload.js';
import './shared/draft.js';
