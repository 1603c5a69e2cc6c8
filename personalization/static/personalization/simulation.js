/* The theme hides the page while it loads, so that the browser's own autofocus finds nothing to see. */
document.querySelector("[autofocus]")?.focus();

/* Offers to copy the exact answer, where the browser lets a page do so. */
if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copies]")) {
        button.hidden = false;
        button.addEventListener("click", async () => {
            const status = button.parentElement.querySelector("[role=status]");
            try {
                await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
                status.textContent = "Copied.";
            } catch {
                status.textContent = "The browser does not allow it: open “Byte for byte” and select the text.";
            }
        });
    }
}
