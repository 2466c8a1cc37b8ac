// <filter-list>: a text field over a long list of checkboxes that leaves only those one of whose names matches, as
// one types. What is ticked stays in sight. Without script the button beside the field asks the server for the same.
class FilterList extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector(".choices");
    const input = this.querySelector(".filter-list__input");
    if (!list || !input) return;
    const button = this.querySelector("button[name=filter]");
    if (button) button.hidden = true;
    input.addEventListener("input", () => this.#show(list, input.value));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

  #show(list, typed) {
    const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
    const wanted = fold(typed.trim());
    for (const choice of list.querySelectorAll(".choice")) {
      const box = choice.querySelector("input");
      choice.hidden = !fold(`${choice.textContent} ${box.dataset.words ?? ""}`).includes(wanted) && !box.checked;
    }
    for (const group of list.querySelectorAll(".choices__group")) {
      group.hidden = !group.querySelector(".choice:not([hidden])");
    }
  }
}
customElements.define("filter-list", FilterList);
