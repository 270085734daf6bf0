// The console's projects: the active one, which follows the address and changes it, and the selector that a plugin's own
// page draws. What the console shares of it with plugins is its SDK.
import { useEffect, useState } from 'react';
import { useGo, useLocation } from '#router';

const ALL = '#ALL_NS#';
const KEPT = 'bridge/last-namespace-name';
const PROJECTS = ['llm-lab', 'llm-legacy', 'llm-prod'];

const watchers = new Set();
let active = ALL;
try {
  active = sessionStorage.getItem(KEPT) ?? ALL;
} catch {
  // a browser that forbids it
}

function turn(name) {
  if (name === active) {
    return;
  }
  active = name;
  try {
    sessionStorage.setItem(KEPT, name);
  } catch {
    // the same
  }
  watchers.forEach((tell) => tell(name));
}

/** The console knows a project only behind the first segment: `/<segment>/ns/<name>`, `/<segment>/all-namespaces`. */
const SCOPED = /^([^/]+)\/(?:ns\/([^/]+)|(all-namespaces))(?:\/([^/]+))?/;
const scoped = () => SCOPED.exec(window.location.pathname.slice(window.SERVER_FLAGS.basePath.length));

export function useActiveNamespace() {
  const go = useGo();
  const [name, setName] = useState(active);
  useEffect(() => {
    setName(active);
    watchers.add(setName);
    return () => watchers.delete(setName);
  }, []);
  const choose = (chosen) => {
    // An address without a project stays as it is; of one with a project only the page behind it is kept.
    const [, segment, , , page] = scoped() ?? [];
    turn(chosen);
    if (segment) {
      const scope = chosen === ALL ? 'all-namespaces' : `ns/${chosen}`;
      go(`/${segment}/${scope}${page ? `/${page}` : ''}${window.location.search}`);
    }
  };
  return [name, choose];
}

export function NamespaceBar({ onNamespaceChange }) {
  const [name, choose] = useActiveNamespace();
  const changed = ({ target }) => {
    onNamespaceChange?.(target.value);
    choose(target.value);
  };
  return (
    <div className="co-namespace-bar">
      <label>
        Project:{' '}
        <select value={name} onChange={changed}>
          <option value={ALL}>All projects</option>
          {[...new Set([...PROJECTS, ...(name === ALL ? [] : [name])])].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

/** The active project is the address's, where that names one. */
export function FollowAddress() {
  useLocation();
  useEffect(() => {
    const [, , name, all] = scoped() ?? [];
    if (name || all) {
      turn(name ?? ALL);
    }
  });
  return null;
}

/** What the console shares as its SDK; a console that shares none is played where the page says so. */
export const SDK = document.documentElement.dataset.sdk === 'shared' ? { NamespaceBar, useActiveNamespace } : null;
