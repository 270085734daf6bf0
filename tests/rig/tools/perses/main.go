// Checks dashboards with Perses's own types and the schemas of its plugins:
// perses-check <folder of perses> <folders of plugins>... -- <dashboards>...
package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"
	v1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/common"
	"github.com/perses/perses/pkg/model/api/v1/variable"
)

func main() {
	at := slices.Index(os.Args, "--")
	if at < 3 || at+1 == len(os.Args) {
		fail(fmt.Errorf("wrong use"))
	}
	schemas, err := read(os.Args[1], os.Args[2:at])
	if err != nil {
		fail(err)
	}
	faults := 0
	for _, path := range os.Args[at+1:] {
		for _, fault := range schemas.check(path) {
			fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(path), fault)
			faults++
		}
	}
	fmt.Printf("%d dashboards, %d plugins, %d faults\n", len(os.Args)-at-1, len(schemas), faults)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(3)
}

// By the kind of plugin.
type schemas map[string]*build.Instance

// CUE finds what schemas import below cue.mod/pkg, as in the archives that Perses loads.
func read(perses string, plugins []string) (schemas, error) {
	root, err := os.MkdirTemp("", "perses")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(root)
	if err := write(root, "cue.mod/module.cue", "module: \"servelens.test/check\"\nlanguage: version: \"v0.14.0\"\n"); err != nil {
		return nil, err
	}
	pkg := filepath.Join(root, "cue.mod/pkg/github.com/perses")
	if err := copyCue(filepath.Join(perses, "cue"), filepath.Join(pkg, "perses/cue")); err != nil {
		return nil, err
	}
	for _, plugin := range plugins {
		name, _, _ := strings.Cut(filepath.Base(plugin), "@")
		schema := filepath.Join(plugin, "schemas")
		for _, to := range []string{filepath.Join(pkg, "plugins", name, "schemas"), filepath.Join(root, name)} {
			if err := copyCue(schema, to); err != nil {
				return nil, err
			}
		}
	}
	found := schemas{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if entry.Name() == "cue.mod" {
			return fs.SkipDir
		}
		files, err := filepath.Glob(filepath.Join(path, "*.cue"))
		if err != nil || len(files) == 0 {
			return err
		}
		instance := load.Instances(nil, &load.Config{Dir: path, Package: "model"})[0]
		if instance.Err != nil {
			return fmt.Errorf("%s: %s", path, errors.Details(instance.Err, nil))
		}
		schema := cuecontext.New().BuildInstance(instance)
		kind, err := schema.LookupPath(cue.ParsePath("kind")).String()
		if err != nil {
			return fmt.Errorf("%s: %s", path, errors.Details(err, nil))
		}
		found[kind] = instance
		return nil
	})
	return found, err
}

// Without the packages that migrate other programs' dashboards.
func copyCue(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "migrate" || entry.Name() == "cue.mod") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".cue" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		return write(to, below, string(text))
	})
}

func write(root, below, text string) error {
	path := filepath.Join(root, below)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

func (s schemas) check(path string) []error {
	text, err := os.ReadFile(path)
	if err != nil {
		return []error{err}
	}
	var dashboard v1.Dashboard
	if err := json.Unmarshal(text, &dashboard); err != nil {
		return []error{err}
	}
	var faults []error
	fault := func(where string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", where, err))
		}
	}
	// What Perses's types do not know is lost on the way through them.
	again, err := json.Marshal(dashboard)
	fault("writing it again", err)
	fault("reading it as a map", lost(text, again))
	for _, one := range dashboard.Spec.Variables {
		if list, ok := one.Spec.(interface{ GetName() string }); ok {
			fault(list.GetName(), s.plugin(listPlugin(one.Spec)))
		}
	}
	for name, panel := range dashboard.Spec.Panels {
		fault(name, s.plugin(panel.Spec.Plugin))
		for _, query := range panel.Spec.Queries {
			fault(name, s.plugin(query.Spec.Plugin))
		}
	}
	return faults
}

func listPlugin(spec any) common.Plugin {
	text, _ := json.Marshal(spec)
	var list variable.ListSpec
	if json.Unmarshal(text, &list) != nil {
		return common.Plugin{}
	}
	return list.Plugin
}

func (s schemas) plugin(plugin common.Plugin) error {
	schema, ok := s[plugin.Kind]
	if !ok {
		return fmt.Errorf("there is no plugin %q", plugin.Kind)
	}
	text, err := json.Marshal(plugin)
	if err != nil {
		return err
	}
	context := cuecontext.New()
	whole := context.CompileBytes(text).Unify(context.BuildInstance(schema))
	if err := whole.Validate(cue.Concrete(true), cue.Definitions(true)); err != nil {
		return fmt.Errorf("%s", errors.Details(err, nil))
	}
	return nil
}

// Every key of the first text must be in the second.
func lost(first, second []byte) error {
	var one, other any
	if err := json.Unmarshal(first, &one); err != nil {
		return err
	}
	if err := json.Unmarshal(second, &other); err != nil {
		return err
	}
	return missing("", one, other)
}

func missing(path string, one, other any) error {
	switch one := one.(type) {
	case map[string]any:
		second, _ := other.(map[string]any)
		for key, value := range one {
			// What is not set is not written.
			if value == nil || value == false || value == "" {
				continue
			}
			kept, ok := second[key]
			if !ok {
				return fmt.Errorf("%s/%s is unknown", path, key)
			}
			if err := missing(path+"/"+key, value, kept); err != nil {
				return err
			}
		}
	case []any:
		second, _ := other.([]any)
		if len(one) != len(second) {
			return fmt.Errorf("%s has %d entries, then %d", path, len(one), len(second))
		}
		for index, value := range one {
			if err := missing(fmt.Sprintf("%s/%d", path, index), value, second[index]); err != nil {
				return err
			}
		}
	}
	return nil
}
