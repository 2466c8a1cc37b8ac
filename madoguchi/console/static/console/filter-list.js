// <filter-list data-label="…">: a text field over a long list of checkboxes that leaves only those whose name matches.
// What is ticked stays in sight. Without script the whole list is there.
class FilterList extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector(".choices");
    if (!list || this.querySelector(".filter-list__input")) return;
    const input = document.createElement("input");
    input.type = "search";
    input.className = "control filter-list__input";
    input.setAttribute("aria-label", this.dataset.label);
    input.placeholder = this.dataset.label;
    input.addEventListener("input", () => this.#show(list, input.value));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.before(input);
  }

  #show(list, typed) {
    const fold = (text) => text.normalize("NFKC").toLowerCase();
    const wanted = fold(typed.trim());
    for (const choice of list.querySelectorAll(".choice")) {
      choice.hidden = !fold(choice.textContent).includes(wanted) && !choice.querySelector("input").checked;
    }
    for (const group of list.querySelectorAll(".choices__group")) {
      group.hidden = !group.querySelector(".choice:not([hidden])");
    }
  }
}
customElements.define("filter-list", FilterList);
