// Small comforts on top of pages that work without any script.

// Keep the address short: empty filters are not sent.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") return;
  const kept = event.detail.formData;
  for (const [name, value] of [...kept.entries()]) if (value === "") kept.delete(name, value);
});

// A request that fails says so and leaves the page as it is.
for (const kind of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(kind, () => {
    const line = document.createElement("div");
    line.className = "said";
    line.textContent = "That did not work. Is visamatch still running? Load the page again.";
    document.getElementById("notice").replaceChildren(line);
  });
}

// Copy a letter; without a script the text can be selected.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = "Copied";
  });
}

// A slider writes into the field that is sent, and follows it.
document.addEventListener("input", ({ target }) => {
  const other = document.getElementById(target.dataset.mirrors ?? `${target.id}-slide`);
  if (other) other.value = target.value;
});
