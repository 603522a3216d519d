package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// maxName is how long the name of an environment may be.
const maxName = 40

var environmentName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`)

// ErrNoEnvironment is the error of [Select] when it is given none.
var ErrNoEnvironment = errors.New(`environments: must have an entry, got none; add one to the context of cdk.json ("environments": {"dev": {}}), or pass -c apiUrl=wss://host/stage, and run the app through the CDK's command line`)

// Select returns the environments to synthesize, sorted by name: those of the
// table, or the one that env names, or one of its own for apiURL. The arguments
// are the values of the context keys of those names, nil where one is not set.
//
// The error lists everything that is wrong with the table, whatever was
// selected: an environment that is broken now is one that fails at night.
func Select(table, env, apiURL any) ([]Environment, error) {
	var d decoder
	environments := d.table(table)
	problems := d.problems
	for i := range environments {
		v := validation{decoder: &d}
		v.environment(&environments[i])
		problems = append(problems, v.problems...)
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
	case len(environments) == 0 && len(problems) == 0:
		problems = append(problems, ErrNoEnvironment)
	case name != "":
		if !known(name) && len(problems) == 0 {
			problems = append(problems, fmt.Errorf("%s: %w", Env, rules.OneOf(name, names(environments))))
		}
		environments = slices.DeleteFunc(environments, func(e Environment) bool { return e.Name != name })
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return environments, nil
}

// table decodes the environment table.
func (d *decoder) table(table any) []Environment {
	if table == nil {
		return nil
	}
	object, ok := table.(map[string]any)
	if !ok {
		d.wrong(Environments, "an object from name to environment", table, `write {"dev": {}}`)
		return nil
	}
	var environments []Environment
	for _, name := range slices.Sorted(maps.Keys(object)) {
		at := below(Environments, name)
		if err := checkName(name); err != nil {
			d.problems = append(d.problems, fmt.Errorf("%s: %w", at, err))
		}
		e := Environment{Name: name}
		d.decode(at, object[name], reflect.ValueOf(&e).Elem(), reflect.StructField{Tag: `example:"{}"`})
		environments = append(environments, e)
	}
	return environments
}

func checkName(name string) error {
	if environmentName.MatchString(name) {
		return nil
	}
	fix := "rename it"
	if better := strings.Trim(notInName.ReplaceAllString(strings.ToLower(name), "-"), "-"); environmentName.MatchString(better) {
		fix = fmt.Sprintf("write %q", better)
	}
	return fmt.Errorf("must have a name of at most 40 lower-case letters, digits and hyphens that starts with a letter and does not end in a hyphen, got %q; %s", name, fix)
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
	return "", []error{fmt.Errorf("%s: must be a string that is not empty, got %s; pass -c %s=…, or leave the option out", key, show(value), key)}
}

// ofURL makes an environment with all defaults for the API at url. Without a
// name it is called after the API, so that two APIs never share a stack.
func ofURL(name, url string, known func(string) bool) (Environment, []error) {
	endpoint, err := rules.ParseEndpoint(url)
	if err != nil {
		return Environment{}, []error{fmt.Errorf("%s: %w", APIURL, err)}
	}
	if name == "" {
		name = nameOf(endpoint)
	}
	if err := checkName(name); err != nil {
		return Environment{}, []error{fmt.Errorf("%s: %w; pass another with -c env=name", Env, err)}
	}
	if known(name) {
		return Environment{}, []error{fmt.Errorf("%s: must not be an environment of the table, got %q, whose stack would be overwritten; set environments.%s.apiUrl, or pass another name with -c env=name", Env, name, name)}
	}
	return Environment{Name: name, Behavior: Behavior{APIURL: url}}, nil
}

var (
	notInName = regexp.MustCompile(`[^a-z0-9]+`)
	plainName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// nameOf names an environment after its API, a different one for each: the name
// is part of the stack's, and the stack of one API must not become another's.
//
// The id of an API, which is its alone, and its stage make a name by themselves.
// Where they or the address of a custom domain name do not fit a name as they
// are, a hash of all follows, behind two hyphens, which no other name has.
func nameOf(e rules.Endpoint) string {
	stage := strings.TrimPrefix(e.Path, "/")
	if name := "api-" + e.APIID + "-" + stage; e.APIID != "" && plainName.MatchString(stage) && len(name) <= maxName {
		return name
	}
	name := e.Host
	if e.APIID != "" {
		name = "api-" + e.APIID
	}
	hash := sha256.Sum256([]byte(e.Host + e.Path))
	suffix := fmt.Sprintf("--%x", hash[:4])
	name = strings.Trim(notInName.ReplaceAllString(strings.ToLower(name+e.Path), "-"), "-")
	if most := maxName - len(suffix); len(name) > most {
		name = strings.TrimRight(name[:most], "-")
	}
	return name + suffix
}

func names(environments []Environment) []string {
	var all []string
	for _, e := range environments {
		all = append(all, e.Name)
	}
	return all
}
