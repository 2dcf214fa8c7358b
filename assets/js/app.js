// Everything here is a comfort: each page works without it.
import {
  Button,
  CharacterCount,
  Checkboxes,
  createAll,
  ErrorSummary,
  FileUpload,
  Radios,
  ServiceNavigation,
} from "govuk-frontend";
import htmx from "htmx.org";

import { chosenFiles } from "./files.js";
import { watchForms } from "./forms.js";
import { digits } from "./scale.js";
import { passwordToggle } from "./password.js";

const COMPONENTS = [Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, Radios, ServiceNavigation];

/** Bring a page, or a fragment that htmx put in, to life. */
function enhance(scope) {
  for (const component of COMPONENTS) {
    createAll(component, undefined, { scope, onError: () => {} });
  }
  scope.querySelectorAll("[data-password]").forEach(passwordToggle);
}

document.body.classList.add("js-enabled", "govuk-frontend-supported");
enhance(document);
watchForms(document);
chosenFiles(document);
digits(document);
document.body.addEventListener("htmx:afterSwap", (event) => enhance(event.detail.target));
window.htmx = htmx;
