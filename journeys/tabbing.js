// Run in a page by tabbing.py. Lays down what the page shows to the mouse, in document order, with the looks it has
// unfocused, between two stops of our own; then looks at each stop when the key comes down that leaves it: by then the
// browser has scrolled to it.
() => {
    const controls =
        'a[href], button, input:not([type=hidden]), select, textarea, summary, audio[controls], [tabindex]';
    const shown = el => el.checkVisibility({ visibilityProperty: true }) && !el.closest('[inert]');
    const looks = el => { const s = getComputedStyle(el); return [s.outline, s.boxShadow].join(); };
    const group = el => [...document.getElementsByName(el.name)].filter(each => each.form === el.form);
    const reached = el => (el.type === 'radio' ? group(el) : [el]).some(each => walk.stops.has(each));
    const says = el => el.outerHTML.replace(/\s+/g, ' ').slice(0, 120);
    const found = document.activeElement, over = new AbortController();
    found.blur();
    const end = () => Object.assign(document.createElement('button'), { type: 'button', textContent: 'end' });
    const all = [...document.querySelectorAll(controls)].filter(
        el => el.tabIndex >= 0 && !el.matches(':disabled') && shown(el)
            && !(el.matches('summary') && el.parentElement.querySelector('summary') !== el));
    const walk = window.tabWalk = { before: end(), after: end(), looks: new Map(all.map(el => [el, looks(el)])) };
    for (const one of [walk.before, walk.after])
        one.style.cssText = 'position: fixed; inset: 0 auto auto 0; opacity: 0; pointer-events: none';
    walk.doubtful = [];
    walk.flaws = all.filter(el => el.tabIndex > 0).map(el => `a positive tabindex: ${says(el)}`);
    // Where there is something to skip: a page shown inside other sites has no header.
    if (document.querySelector('.site-header') && !all[0]?.matches('.skip-link')) walk.flaws.push('the skip link is not first');
    // Not painted, which would be half of the work: where the keys lead and what lies on top does not depend on it.
    const painted = document.documentElement.style.opacity;
    document.documentElement.style.opacity = 0;
    document.body.prepend(walk.before);
    document.body.append(walk.after);
    walk.begin = back => {
        walk.stops = new Set();
        walk.over = false;
        walk.back = back;
        (back ? walk.after : walk.before).focus();
        return all.length;
    };
    const onTop = el => {
        const box = [...el.getClientRects()].find(each => each.bottom > 0 && each.top < innerHeight);
        if (!box) return false;
        const left = Math.max(box.left, 0) + 1, right = Math.min(box.right, innerWidth) - 1;
        const top = Math.max(box.top, 0) + 1, bottom = Math.min(box.bottom, innerHeight) - 1;
        const middle = [(left + right) / 2, (top + bottom) / 2];
        return [middle, [left, top], [right, top], [left, bottom], [right, bottom]].some(
            ([x, y]) => el.contains(document.elementFromPoint(x, y)));
    };
    walk.see = () => {
        const on = document.activeElement;
        if (walk.over || on.matches('body, iframe') || on === (walk.back ? walk.after : walk.before)) return;
        if (on === (walk.back ? walk.before : walk.after)) { walk.over = true; return; }
        if (walk.stops.has(on)) return;
        const last = [...walk.stops].at(-1);
        const follows = walk.back ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
        if (last && !(last.compareDocumentPosition(on) & follows))
            walk.flaws.push(`out of order: ${says(on)} after ${says(last)}`);
        walk.stops.add(on);
        const style = getComputedStyle(on);
        const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
        if (!ring || looks(on) === walk.looks.get(on)) walk.flaws.push(`no focus to be seen on ${says(on)}`);
        if (!onTop(on)) walk.doubtful.push(on);
    };
    const leaves = event => { if (event.key === 'Tab') walk.see(); };
    document.addEventListener('keydown', leaves, { capture: true, signal: over.signal });
    walk.missed = () => all.filter(el => !reached(el)).map(el => `not reached: ${says(el)}`);
    walk.leave = async () => {
        over.abort();
        // A busy machine may scroll a moment after the key: look again.
        for (const el of walk.doubtful) {
            el.focus();
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            if (!onTop(el)) walk.flaws.push(`the focus is out of sight on ${says(el)}`);
        }
        // The next Tab begins at the top, as on a page just opened.
        document.documentElement.style.opacity = painted;
        walk.before.focus();
        walk.before.remove();
        walk.after.remove();
        if (found !== document.body) found.focus();
        return walk.flaws;
    };
}
