// What a plugin adds to the console's own pages: tabs and details of objects, the developer's Observe, cards of overviews.
// Which of it is there hangs on flags, as in the console: handlers and known kinds set them.
import { Async } from './async.jsx';

/** The flags of a console of old: an extension is in use while all that it requires are set. */
export function ownFlags(extensions) {
  const flags = {};
  return {
    set: (flag, on) => {
      flags[flag] = on;
    },
    inUse: () => extensions.filter(({ flags: wanted }) => (wanted?.required ?? []).every((flag) => flags[flag])),
  };
}

/**
 * Sets the flags as the console does, by handlers and by the kinds that the cluster knows, which are all here. `flags` is
 * what the console keeps them with. Tests read `window.plugin`.
 */
export async function raise(flags) {
  window.plugin = flags;
  for (const { type, properties } of flags.inUse()) {
    if (type === 'console.flag/model') {
      flags.set(properties.flag, true);
    }
    if (type === 'console.flag') {
      const handler = await properties.handler();
      await handler(flags.set);
    }
  }
  flags.ready = true;
}

const of = (type) => window.plugin.inUse().filter((extension) => extension.type === type);

/** `/k8s/ns/<namespace>/<group>~<version>~<kind>/<name>`, the tab of the plugin behind it. */
function ObjectPage({ match: [, namespace, group, version, kind, name] }) {
  const fits = ({ properties: { model } }) => model.group === group && model.version === version && model.kind === kind;
  const obj = { apiVersion: `${group}/${version}`, kind, metadata: { namespace, name } };
  return (
    <>
      <dl>
        {of('console.resource/details-item').filter(fits).map(({ properties }) => (
          <dd key={properties.id} data-item={properties.id}>
            <Async loader={properties.component} obj={obj} />
          </dd>
        ))}
      </dl>
      {of('console.tab/horizontalNav').filter(fits).map(({ properties }) => (
        <section key={properties.page.href}>
          <Async loader={properties.component} obj={obj} />
        </section>
      ))}
    </>
  );
}

function ObservePage() {
  return of('console.tab')
    .filter(({ properties }) => properties.contextId === 'dev-console-observe')
    .map(({ properties }) => <Async key={properties.href} loader={properties.component} />);
}

/** The content of the popup of each health item, with what the console would have been answered. */
function OverviewPage() {
  return of('console.dashboards/overview/health/prometheus').map(({ properties }) => (
    <Async key={properties.title} loader={properties.popupComponent} responses={window.responses} hide={() => {}} />
  ));
}

export function Extras() {
  const path = window.location.pathname.slice(window.SERVER_FLAGS.basePath.length - 1);
  const match = /^\/k8s\/ns\/([^/]+)\/([^/~]*)~([^/~]+)~([^/~]+)\/([^/]+)/.exec(path);
  if (match) {
    return <ObjectPage match={match} />;
  }
  if (path.startsWith('/dev-monitoring/')) {
    return <ObservePage />;
  }
  return path === '/dashboards' ? <OverviewPage /> : null;
}
