import ReactDOM from 'react-dom';

export function render(element, into) {
  ReactDOM.render(element, into);
}
