package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Rule is the way in which a value is not what AWS accepts.
type Rule string

const (
	Enum      Rule = "enum"      // not one of the values allowed
	Range     Rule = "range"     // a number too small or too large
	Length    Rule = "length"    // a text too short or too long
	Items     Rule = "items"     // a list too short or too long
	Unique    Rule = "unique"    // a list that repeats a value
	Pattern   Rule = "pattern"   // a text of another form
	Type      Rule = "type"      // a value of another kind
	Required  Rule = "required"  // a property that is missing
	Unknown   Rule = "unknown"   // a property that does not exist
	ReadOnly  Rule = "readOnly"  // a property that AWS decides
	Exclusive Rule = "exclusive" // properties that shut each other out
	Dependent Rule = "dependent" // a property that needs another
	OneOf     Rule = "oneOf"     // none of several properties of which one is needed
)

// A Problem is one thing that AWS would refuse in a resource's properties.
type Problem struct {
	// Path leads to the property, with indices: DistributionConfig.Origins[0].Id.
	Path string
	Rule Rule
	// Value is what is there; nil for what is missing.
	Value any
	// Allowed are the values, kinds or property names that AWS accepts there, sorted, or the
	// properties that the rule is about.
	Allowed []string
	// Limit says in words what a number, text or list has to keep, as "1 to 128 characters".
	Limit string
}

// String says what is wrong, the value got and what is accepted.
func (p Problem) String() string {
	allowed := strings.Join(p.Allowed, ", ")
	switch p.Rule {
	case Enum:
		return fmt.Sprintf("%s: %s is not accepted; want one of %s", p.Path, quote(p.Value), allowed)
	case Type:
		return fmt.Sprintf("%s: %s is of the wrong type; want %s", p.Path, quote(p.Value), strings.Join(p.Allowed, " or "))
	case Required:
		return p.Path + ": required property is missing"
	case Unknown:
		return fmt.Sprintf("%s: unknown property%s", p.Path, didYouMean(p))
	case ReadOnly:
		return p.Path + ": AWS sets this property; a template may not"
	case Exclusive:
		return fmt.Sprintf("%s: may not be set together: %s", p.Path, allowed)
	case Dependent:
		return fmt.Sprintf("%s: needs %s as well", p.Path, allowed)
	case OneOf:
		return fmt.Sprintf("%s: needs one of %s", p.Path, allowed)
	case Unique:
		return fmt.Sprintf("%s: %s is listed twice", p.Path, quote(p.Value))
	}
	return fmt.Sprintf("%s: got %s, want %s", p.Path, quote(p.Value), p.Limit)
}

// Nearest is the accepted name that differs from an unknown property's by case or by a
// letter or two; "" when there is none.
func (p Problem) Nearest() string {
	name := p.Path[strings.LastIndexByte(p.Path, '.')+1:]
	best, distance := "", min(3, 1+len(name)/4)
	for _, candidate := range p.Allowed {
		if d := edits(strings.ToLower(name), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// didYouMean offers the nearest name.
func didYouMean(p Problem) string {
	if best := p.Nearest(); best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	return ""
}

// edits counts the letters to insert, delete or replace to turn a into b.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func quote(v any) string {
	if s, ok := v.(string); ok {
		if r := []rune(s); len(r) > 60 {
			s = string(r[:57]) + "..."
		}
		return strconv.Quote(s)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	if len(raw) > 60 {
		return string(raw[:57]) + "..."
	}
	return string(raw)
}

// Check reports everything in a resource's properties that AWS is known to refuse,
// in the order of the paths. For a type that is not known it reports nothing.
//
// Values are those of encoding/json. Numbers and booleans may be written as text
// and text as numbers, as CloudFormation takes them. Check is silent about what is
// decided later: an intrinsic function, text with a dynamic reference
// {{resolve:...}}, and whatever unresolved, which may be nil, says true of. A
// property that is {"Ref": "AWS::NoValue"} counts as left out.
func Check(resourceType string, properties map[string]any, unresolved func(any) bool) []Problem {
	r, ok := Of(resourceType)
	if !ok {
		return nil
	}
	if unresolved == nil {
		unresolved = func(any) bool { return false }
	}
	c := checker{resource: r, unresolved: unresolved}
	c.check(&r.Property, "", "", properties)
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	return c.problems
}

type checker struct {
	resource   *Resource
	unresolved func(any) bool
	problems   []Problem
}

func (c *checker) add(p Problem) { c.problems = append(c.problems, p) }

// later reports whether a value is decided after the template is read.
func (c *checker) later(v any) bool {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "{{resolve:") {
			return true
		}
	case map[string]any:
		for key := range v {
			if strings.HasPrefix(key, "Fn::") || len(v) == 1 && (key == "Ref" || key == "Condition") {
				return true
			}
		}
	}
	return c.unresolved(v)
}

// noValue reports whether a value takes its property away.
func noValue(v any) bool {
	m, ok := v.(map[string]any)
	return v == nil || ok && len(m) == 1 && m["Ref"] == "AWS::NoValue"
}

// check judges one value. at is its path with indices and path the one without.
func (c *checker) check(p *Property, at, path string, v any) {
	if c.later(v) || noValue(v) {
		return
	}
	p = p.resolved()
	if len(p.Kinds) > 0 && !slices.ContainsFunc(p.Kinds, func(kind string) bool { return is(p, kind, v) }) {
		allowed := slices.Clone(p.Kinds)
		slices.Sort(allowed)
		c.add(Problem{Path: at, Rule: Type, Value: v, Allowed: allowed})
		return
	}
	switch v := v.(type) {
	case map[string]any:
		c.object(p, at, path, v)
	case []any:
		c.list(p, at, path, v)
	default:
		c.scalar(p, at, v)
	}
	c.alternatives(p, at, path, v)
}

// is reports whether CloudFormation takes a value for one of a kind.
func is(p *Property, kind string, v any) bool {
	switch kind {
	case "object":
		if s, ok := v.(string); ok && len(p.Properties) == 0 {
			return json.Valid([]byte(s)) // a document, written as text
		}
		_, ok := v.(map[string]any)
		return ok
	case "array":
		_, ok := v.([]any)
		return ok
	case "string":
		_, ok := text(v)
		return ok
	case "boolean":
		s, ok := text(v)
		return ok && (strings.EqualFold(s, "true") || strings.EqualFold(s, "false"))
	case "number":
		_, ok := number(v)
		return ok
	case "integer":
		n, ok := number(v)
		return ok && n == math.Trunc(n)
	}
	return true
}

// text is what CloudFormation makes of a scalar where text is wanted.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case json.Number:
		return v.String(), true
	case int, int64:
		return fmt.Sprint(v), true
	}
	return "", false
}

func number(v any) (float64, bool) {
	s, ok := text(v)
	if _, isBool := v.(bool); !ok || isBool {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil
}

func (c *checker) object(p *Property, at, path string, v map[string]any) {
	here := at
	if here == "" {
		here = "Properties"
	}
	set := func(name string) bool { value, ok := v[name]; return ok && !noValue(value) }
	// An intrinsic may turn out to be no value, so it does not count against others.
	sure := func(name string) bool { return set(name) && !c.later(v[name]) }

	for _, name := range slices.Sorted(maps.Keys(v)) {
		child, known := p.Properties[name]
		if !known {
			child = p.Values
		}
		switch {
		case !set(name):
		case c.resource.ReadOnly(join(path, name)):
			c.add(Problem{Path: join(at, name), Rule: ReadOnly, Value: v[name]})
		case child != nil:
			c.check(child, join(at, name), join(path, name), v[name])
		case !p.Open && len(p.Properties) > 0:
			c.add(Problem{Path: join(at, name), Rule: Unknown, Value: v[name], Allowed: slices.Sorted(maps.Keys(p.Properties))})
		}
	}
	for _, name := range p.Required {
		if !set(name) {
			c.add(Problem{Path: join(at, name), Rule: Required})
		}
	}
	if names := p.ExactlyOne; len(names) > 0 {
		if n := count(names, sure); n > 1 {
			c.add(Problem{Path: here, Rule: Exclusive, Allowed: filter(names, sure)})
		} else if count(names, set) == 0 {
			c.add(Problem{Path: here, Rule: OneOf, Allowed: slices.Clone(names)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.DependentRequired)) {
		if missing := filter(p.DependentRequired[name], func(n string) bool { return !set(n) }); sure(name) && len(missing) > 0 {
			c.add(Problem{Path: join(at, name), Rule: Dependent, Value: v[name], Allowed: missing})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.DependentExcluded)) {
		for _, other := range filter(p.DependentExcluded[name], sure) {
			// Where the schema says it both ways, once is enough.
			if sure(name) && !(other < name && slices.Contains(p.DependentExcluded[other], name)) {
				c.add(Problem{Path: here, Rule: Exclusive, Allowed: []string{name, other}})
			}
		}
	}
}

func (c *checker) list(p *Property, at, path string, v []any) {
	if p.MinItems != nil && len(v) < *p.MinItems && !slices.ContainsFunc(v, c.later) || p.MaxItems != nil && len(v) > *p.MaxItems && !slices.ContainsFunc(v, c.later) {
		c.add(Problem{Path: at, Rule: Items, Value: len(v), Limit: limit(ints(p.MinItems), ints(p.MaxItems), "items")})
	}
	seen := map[string]bool{}
	for i, element := range v {
		if p.Unique && !c.later(element) && !noValue(element) {
			key, _ := json.Marshal(element)
			if seen[string(key)] {
				c.add(Problem{Path: fmt.Sprintf("%s[%d]", at, i), Rule: Unique, Value: element})
			}
			seen[string(key)] = true
		}
		if p.Items != nil {
			c.check(p.Items, fmt.Sprintf("%s[%d]", at, i), path, element)
		}
	}
}

func (c *checker) scalar(p *Property, at string, v any) {
	s, ok := text(v)
	if !ok {
		return
	}
	if len(p.Enum) > 0 {
		if !slices.Contains(p.Enum, s) && !slices.ContainsFunc(p.Enum, func(e string) bool { return sameNumber(e, s) }) {
			allowed := slices.Clone(p.Enum)
			slices.Sort(allowed)
			c.add(Problem{Path: at, Rule: Enum, Value: v, Allowed: allowed})
		}
		return
	}
	if n, ok := number(v); ok && (p.Minimum != nil && n < *p.Minimum || p.Maximum != nil && n > *p.Maximum) {
		c.add(Problem{Path: at, Rule: Range, Value: v, Limit: limit(p.Minimum, p.Maximum, "")})
	}
	if n := utf8.RuneCountInString(s); p.MinLength != nil && n < *p.MinLength || p.MaxLength != nil && n > *p.MaxLength {
		c.add(Problem{Path: at, Rule: Length, Value: v, Limit: limit(ints(p.MinLength), ints(p.MaxLength), "characters")})
	} else if re := compile(p.Pattern); re != nil && !re.MatchString(s) {
		c.add(Problem{Path: at, Rule: Pattern, Value: v, Limit: "text that matches " + p.Pattern})
	}
}

func sameNumber(a, b string) bool {
	m, errA := strconv.ParseFloat(a, 64)
	n, errB := strconv.ParseFloat(b, 64)
	return errA == nil && errB == nil && m == n
}

// alternatives judges anyOf and oneOf. Of alternatives that only list required
// properties it says which are missing or too many; of others it reports the
// problems of the alternative that comes nearest.
func (c *checker) alternatives(p *Property, at, path string, v any) {
	for _, exactly := range []bool{false, true} {
		all := p.AnyOf
		if exactly {
			all = p.OneOf
		}
		if len(all) == 0 {
			continue
		}
		object, isObject := v.(map[string]any)
		if isObject && !slices.ContainsFunc(all, func(a *Property) bool { return !a.onlyRequires() }) {
			c.requirements(all, exactly, at, object)
			continue
		}
		var nearest []Problem
		for i, alternative := range all {
			try := checker{resource: c.resource, unresolved: c.unresolved}
			try.check(alternative, at, path, v)
			if i == 0 || len(try.problems) < len(nearest) {
				nearest = try.problems
			}
		}
		c.problems = append(c.problems, nearest...)
	}
}

// onlyRequires reports whether a property says nothing but which properties an
// object must have.
func (p *Property) onlyRequires() bool {
	return p.Ref == "" && len(p.Required) > 0 && len(p.Properties) == 0 && len(p.Kinds) == 0 && p.Values == nil && len(p.AnyOf)+len(p.OneOf) == 0
}

func (c *checker) requirements(all []*Property, exactly bool, at string, v map[string]any) {
	if at == "" {
		at = "Properties"
	}
	set := func(name string) bool { value, ok := v[name]; return ok && !noValue(value) }
	var names, met []string
	holds := 0
	for _, a := range all {
		names = append(names, strings.Join(a.Required, " with "))
		if count(a.Required, set) == len(a.Required) {
			met = append(met, a.Required...)
			if count(a.Required, func(n string) bool { return !c.later(v[n]) }) == len(a.Required) {
				holds++
			}
		}
	}
	switch {
	case len(met) == 0:
		c.add(Problem{Path: at, Rule: OneOf, Allowed: names})
	case exactly && holds > 1:
		c.add(Problem{Path: at, Rule: Exclusive, Allowed: met})
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func count(names []string, f func(string) bool) int { return len(filter(names, f)) }

func filter(names []string, f func(string) bool) []string {
	var out []string
	for _, n := range names {
		if f(n) {
			out = append(out, n)
		}
	}
	return out
}

func ints(n *int) *float64 {
	if n == nil {
		return nil
	}
	f := float64(*n)
	return &f
}

// limit says a range in words.
func limit(low, high *float64, unit string) string {
	n := func(f *float64) string { return strconv.FormatFloat(*f, 'f', -1, 64) }
	var s string
	switch {
	case low != nil && high != nil && *low == *high:
		s = "exactly " + n(low)
	case low != nil && high != nil:
		s = n(low) + " to " + n(high)
	case low != nil:
		s = n(low) + " or more"
	default:
		s = "at most " + n(high)
	}
	if unit != "" {
		s += " " + unit
	}
	return s
}

var compiled sync.Map // pattern → *regexp.Regexp, nil where Go cannot read it

// compile reads a pattern of ECMA 262. It returns nil for no pattern and for those
// that Go's syntax cannot express, with lookaheads above all; those are not checked.
func compile(pattern string) *regexp.Regexp {
	if pattern == "" {
		return nil
	}
	if re, ok := compiled.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	source := unicodeEscape.ReplaceAllString(pattern, `\x{$1}`)
	source = strings.NewReplacer(`\/`, `/`, `\Z`, `\z`).Replace(source) // some schemas write \Z, as Python does
	re, _ := regexp.Compile(source)
	compiled.Store(pattern, re)
	return re
}

var unicodeEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)
