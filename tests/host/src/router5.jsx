// The router of consoles 4.14 to 4.21.
import { BrowserRouter, Link, Route, Switch, useHistory, useLocation } from 'react-router-dom5';

export { BrowserRouter as Router, Link, useLocation };

export const useGo = () => useHistory().push;

/** 4.14 hands a page its match, location and history; later consoles hand it nothing. */
export function Pages({ routes, fallback: Fallback, withProps }) {
  return (
    <Switch>
      {routes.map(({ path, exact, Component }) => (
        <Route
          key={path}
          path={path}
          exact={exact}
          render={(props) => <Component {...(withProps ? props : {})} />}
        />
      ))}
      <Route component={Fallback} />
    </Switch>
  );
}
