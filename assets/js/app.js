// Everything here is a comfort: each page works without it.
import {
  Button,
  CharacterCount,
  createAll,
  ErrorSummary,
  FileUpload,
  ServiceNavigation,
} from "govuk-frontend";
import htmx from "htmx.org";

import { autosave } from "./autosave.js";
import { chosenFiles, plainNames } from "./files.js";
import { watchForms } from "./forms.js";
import { passwordToggle } from "./password.js";
import { reveals } from "./reveal.js";
import { digits } from "./scale.js";
import { session } from "./session.js";
import { clearOnSignOut, clearSent } from "./shelf.js";
import { uploads } from "./uploads.js";

const COMPONENTS = [Button, CharacterCount, ErrorSummary, FileUpload, ServiceNavigation];

/** Bring a page, or a fragment that htmx put in, to life. */
function enhance(scope) {
  for (const component of COMPONENTS) {
    createAll(component, undefined, { scope, onError: () => {} });
  }
  plainNames(scope);
  reveals(scope);
  scope.querySelectorAll("[data-password]").forEach(passwordToggle);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
enhance(document);
watchForms(document);
uploads(document);
chosenFiles(document);
digits(document);
session(document);
clearSent(document);
clearOnSignOut(document);
autosave(document);
document.body.addEventListener("htmx:afterSwap", (event) => enhance(event.detail.target));
window.htmx = htmx;
