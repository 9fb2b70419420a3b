// What a person does with a page, for tests: run in the page, where its scripts may not run as well.
(() => {
  const squeezed = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const isVisible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(".hidden");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isVisible);
  const nameOf = (element) => squeezed(element.getAttribute("aria-label") ?? element.innerText ?? element.textContent);
  // The label of a field, without what stands in it besides its name.
  const labelOf = (label) => squeezed(label.innerText).replace(/ required$/, "");

  const one = (found, what) => {
    if (found.length === 1) return found[0];
    throw new Error(`${found.length} times on the page: ${what}\n${document.body.innerText}`);
  };
  const first = (found, what) => {
    if (found.length) return found[0];
    throw new Error(`not on the page: ${what}\n${document.body.innerText}`);
  };
  // A part of the page, by its label or its heading.
  const part = (name) => name === undefined ? document.body
    : first(all("section, nav, header, details").filter((it) => it.getAttribute("aria-label") === name
      || [...it.querySelectorAll(":scope > summary, :scope > h2")].some((heading) => labelOf(heading) === name)), name);
  const within = (name, selector) => all(selector).filter((it) => part(name).contains(it));

  const link = (name, where) => first(within(where, "a[href]").filter((it) => nameOf(it) === name), `the link ${name}`);
  const button = (name, where) => first(within(where, "button, summary").filter((it) => nameOf(it) === name), `the button ${name}`);
  const field = (name, where) => {
    const labels = [...part(where).querySelectorAll("label")].filter((it) => labelOf(it) === name);
    return one([...new Set(labels.map((it) => it.control))].filter((it) => it && isVisible(it)), `the field ${name}`);
  };
  const group = (name, where) => one(within(where, "fieldset")
    .filter((it) => labelOf(it.querySelector("legend")) === name), `the group ${name}`);
  const option = (name, group) => first([...group.querySelectorAll("label.option, [role=option]")]
    .filter((it) => isVisible(it) && squeezed(it.innerText).includes(name)), `the option ${name}`);

  // Where to click, on what is really there.
  const place = (element) => {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getClientRects()[0];
    const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const there = document.elementFromPoint(point.x, point.y);
    if (!there || !(element.contains(there) || there.contains(element))) {
      throw new Error(`${element.outerHTML} is behind ${there?.outerHTML}`);
    }
    return point;
  };

  // What cannot be reached without moving the page sideways.
  const outside = () => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element) => {
      for (let it = element; it && it !== document.body; it = it.parentElement) {
        if (["auto", "scroll"].includes(getComputedStyle(it).overflowX)) return true;
      }
      return false;
    };
    const found = all("a[href], button, input, select, textarea, summary, h1, h2, p, td, th, dd, label, legend")
      .filter((it) => !it.matches(".skip, [type=hidden]") && !scrolls(it))
      .filter((it) => { const box = it.getBoundingClientRect(); return box.left < -1 || box.right > width + 1; })
      .map((it) => it.outerHTML.slice(0, 200));
    if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide, not ${width}`);
    return found;
  };

  return { squeezed, isVisible, all, nameOf, labelOf, part, within, link, button, field, group, option, place, outside, first, one };
})()
