// Renders manifests with the libraries of kustomize and Helm themselves and prints the objects as a JSON list:
// manifests kustomize <folder> · manifests helm <chart> <namespace> <values as JSON>
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

func main() {
	objects, err := run(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(objects)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) ([]map[string]any, error) {
	switch {
	case len(args) == 2 && args[0] == "kustomize":
		return kustomize(args[1])
	case len(args) == 4 && args[0] == "helm":
		return helm(args[1], args[2], args[3])
	}
	return nil, fmt.Errorf("wrong use")
}

func kustomize(folder string) ([]map[string]any, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), folder)
	if err != nil {
		return nil, err
	}
	objects := []map[string]any{}
	for _, resource := range built.Resources() {
		object, err := resource.Map()
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

// As `helm template`: the values are held to the chart's schema, and a value that no template knows is a fault.
func helm(folder, namespace, given string) ([]map[string]any, error) {
	chart, err := loader.Load(folder)
	if err != nil {
		return nil, err
	}
	if err := chart.Validate(); err != nil {
		return nil, err
	}
	values, err := chartutil.ReadValues([]byte(given))
	if err != nil {
		return nil, err
	}
	release := chartutil.ReleaseOptions{Name: "servelens", Namespace: namespace, Revision: 1, IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Engine{Strict: true}.Render(chart, all)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for name := range files {
		if ending := path.Ext(name); ending == ".yaml" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	objects := []map[string]any{}
	for _, name := range names {
		for _, text := range strings.Split(files[name], "\n---\n") {
			object := map[string]any{}
			if err := yaml.UnmarshalStrict([]byte(text), &object); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if len(object) > 0 {
				objects = append(objects, object)
			}
		}
	}
	return objects, nil
}
