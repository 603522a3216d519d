package config

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

var environmentName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`)

// Select returns the environments to synthesize, sorted by name: those of the
// table, or the one that env names, or one of its own for apiURL. The arguments
// are the values of the context keys of those names, nil where one is not set.
//
// The error lists everything that is wrong with the table, whatever was
// selected: an environment that is broken now is one that fails at night.
func Select(table, env, apiURL any) ([]Environment, error) {
	var problems []error
	environments, errs := decodeTable(table)
	problems = append(problems, errs...)
	for i := range environments {
		problems = append(problems, environments[i].problems(below(Environments, environments[i].Name))...)
	}
	problems = append(problems, sharedDomainNames(environments)...)

	name, errs := textOf(Env, env)
	problems = append(problems, errs...)
	url, errs := textOf(APIURL, apiURL)
	problems = append(problems, errs...)
	known := func(name string) bool {
		return slices.ContainsFunc(environments, func(e Environment) bool { return e.Name == name })
	}
	switch {
	case url != "":
		own, err := ofURL(name, url, known)
		if err != nil {
			problems = append(problems, err...)
		}
		environments = []Environment{own}
	case name != "":
		if !known(name) && len(problems) == 0 {
			problems = append(problems, fmt.Errorf("env %q is not in the table; environments are %s", name, names(environments)))
		}
		environments = slices.DeleteFunc(environments, func(e Environment) bool { return e.Name != name })
	case len(environments) == 0 && len(problems) == 0:
		problems = append(problems, errors.New(`environments is missing or empty; add one to the context of cdk.json ("environments": {"dev": {}}), or pass -c apiUrl=wss://host/stage, and run the app through the CDK's command line`))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return environments, nil
}

func decodeTable(table any) ([]Environment, []error) {
	if table == nil {
		return nil, nil
	}
	object, ok := table.(map[string]any)
	if !ok {
		return nil, []error{fmt.Errorf("environments must be an object from name to environment, got %s", show(table))}
	}
	var environments []Environment
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if err := checkName(name); err != nil {
			problems = append(problems, fmt.Errorf("%s %w", below(Environments, name), err))
		}
		e := Environment{Name: name}
		problems = append(problems, decode(below(Environments, name), object[name], reflect.ValueOf(&e).Elem())...)
		environments = append(environments, e)
	}
	return environments, problems
}

func checkName(name string) error {
	if !environmentName.MatchString(name) {
		return fmt.Errorf("has a name that cannot be part of a stack's; write a lower-case letter, then up to 39 lower-case letters, digits and hyphens, got %q", name)
	}
	return nil
}

func textOf(key string, value any) (string, []error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		if v != "" {
			return v, nil
		}
	}
	return "", []error{fmt.Errorf("%s must be a string that is not empty, got %s", key, show(value))}
}

// ofURL makes an environment with all defaults for the API at url. Without a
// name it is called after the API, so that two APIs never share a stack.
func ofURL(name, url string, known func(string) bool) (Environment, []error) {
	endpoint, err := rules.ParseEndpoint(url)
	if err != nil {
		return Environment{}, []error{fmt.Errorf("%s %w", APIURL, err)}
	}
	if name == "" {
		name = nameOf(endpoint)
	}
	if err := checkName(name); err != nil {
		return Environment{}, []error{fmt.Errorf("%s %w; pass another with -c env=name", Env, err)}
	}
	if known(name) {
		return Environment{}, []error{fmt.Errorf("%s %q is in the table already, and its stack would be overwritten; set environments.%s.apiUrl, or pass another name with -c env=name", Env, name, name)}
	}
	return Environment{Name: name, Behavior: Behavior{APIURL: url}}, nil
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

func nameOf(e rules.Endpoint) string {
	name := e.Host
	if e.APIID != "" {
		name = "api-" + e.APIID
	}
	name = strings.Trim(notInName.ReplaceAllString(strings.ToLower(name+e.Path), "-"), "-")
	if len(name) > 40 {
		name = strings.TrimRight(name[:40], "-")
	}
	return name
}

func names(environments []Environment) string {
	if len(environments) == 0 {
		return "none"
	}
	var all []string
	for _, e := range environments {
		all = append(all, e.Name)
	}
	return strings.Join(all, ", ")
}
