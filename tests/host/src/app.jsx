// What surrounds the plugin's page in a console: a navigation with links of the host's own, and the buttons a test presses.
import { StrictMode, memo, useState } from 'react';
import { Link, Pages, Router, useLocation } from '#router';
import { Async } from './async.jsx';
import { Extras, raise } from './extras.jsx';
import { FollowAddress } from './projects.jsx';

function HostPage() {
  useLocation(); // one page of the host follows another
  return (
    <>
      <h1>Host page {window.location.pathname}</h1>
      <Extras />
    </>
  );
}

/** One component for each route extension, made once: a new identity at each render would mount anew. */
function routesOf(extensions) {
  return extensions
    .filter(({ type }) => type === 'console.page/route')
    .flatMap(({ properties }) => {
      const Component = memo((props) => {
        const [count, setCount] = useState(1);
        const [strict, setStrict] = useState(false);
        const Wrapper = strict ? StrictMode : 'section';
        return (
          <>
            <p>
              <button onClick={() => setCount(0)}>Unmount</button>
              <button onClick={() => setCount(1)}>Mount</button>
              <button onClick={() => setCount(2)}>Two at once</button>
              <button onClick={() => setStrict(!strict)}>StrictMode</button>
            </p>
            <Wrapper key={String(strict)}>
              {Array.from({ length: count }, (_, index) => (
                <Async key={index} loader={properties.component} {...props} />
              ))}
            </Wrapper>
          </>
        );
      });
      return [properties.path].flat().map((path) => ({ path, exact: properties.exact, Component }));
    });
}

/** As the console does for `namespaced`: the namespace of the address, else all of them. */
function href({ href, namespaced }) {
  const namespace = /\/ns\/([^/]+)/.exec(window.location.pathname)?.[1];
  if (!namespaced) {
    return href;
  }
  return namespace ? `${href}/ns/${namespace}` : `${href}/all-namespaces`;
}

/** As the console without the plugin's own words: the key is the text. */
const translated = (text) => text.replace(/^%plugin__[^~]+~(.*)%$/, '$1');

export function makeApp(flags, { withProps = false } = {}) {
  const extensions = flags.inUse();
  raise(flags).catch((fault) => console.error(`a flag handler failed: ${fault.message}`));
  const routes = routesOf(extensions);
  const links = extensions.filter(({ type }) => type === 'console.navigation/href');
  return function App() {
    const [perspective, setPerspective] = useState('admin');
    const items = links.filter(({ properties }) => properties.perspective === perspective);
    return (
      <Router basename={window.SERVER_FLAGS.basePath.replace(/\/$/, '')}>
        <FollowAddress />
        <nav aria-label="Console">
          <button onClick={() => setPerspective(perspective === 'admin' ? 'dev' : 'admin')}>Switch perspective</button>{' '}
          <Link to="/">Host home</Link> <Link to="/k8s/cluster/nodes">Host nodes</Link>{' '}
          <Link to="/servelensology">Host neighbour</Link> <a href="/help">Host help</a>{' '}
          <Link to="/servelens/ns/llm-prod/gpus">Host link into the plugin</Link>{' '}
          <Link to="/k8s/ns/llm-prod/serving.kserve.io~v1beta1~InferenceService/granite-33-8b">Host object</Link>{' '}
          <Link to="/dev-monitoring/ns/llm-prod/servelens">Host observe</Link> <Link to="/dashboards">Host overview</Link>{' '}
          {items.map(({ properties }) => (
            <Link key={properties.id} to={href(properties)}>
              Plugin: {translated(properties.name)}
            </Link>
          ))}
        </nav>
        <main>
          <Pages routes={routes} fallback={HostPage} withProps={withProps} />
        </main>
      </Router>
    );
  };
}
