package waf

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/wire"
)

// part is what a statement looks at: some texts, of which one has to match. ok is false
// for a part that is not known here.
func (r *Request) part(field map[string]any) (texts []string, ok bool) {
	for kind, v := range field {
		of := cfn.Object(v)
		switch kind {
		case "UriPath":
			return []string{r.Path}, true
		case "QueryString":
			return []string{r.Query}, true
		case "Method":
			return []string{r.Method}, true
		case "Body", "JsonBody":
			return []string{""}, true // a handshake has none
		case "SingleHeader":
			name := named(of)
			value, there := r.header(name)
			if !there && strings.EqualFold(name, "user-agent") && !r.Exact {
				return nil, false
			}
			if !there || name == "" {
				return nil, name != ""
			}
			return []string{value}, true
		case "SingleQueryArgument":
			name := named(of)
			for _, p := range wire.ParseQuery(r.Query) {
				if strings.EqualFold(wire.Unescape(p.Name), name) {
					texts = append(texts, p.Value)
				}
			}
			return texts, name != ""
		case "AllQueryArguments":
			for _, p := range wire.ParseQuery(r.Query) {
				texts = append(texts, p.Name, p.Value)
			}
			return texts, true
		case "Headers":
			return pairs(of, "Headers", r.all()), true
		case "Cookies":
			var fields []wire.Field
			for _, p := range wire.Cookies(r.Header) {
				fields = append(fields, wire.Field{Name: p.Name, Value: p.Value})
			}
			return pairs(of, "Cookies", fields), true
		}
	}
	return nil, false
}

// named is the Name of a SingleHeader or SingleQueryArgument.
func named(of map[string]any) string {
	for name, v := range of {
		if strings.EqualFold(name, "name") {
			return known(v)
		}
	}
	return ""
}

// pairs are the names, values or both of the headers or cookies that a pattern takes in.
func pairs(of map[string]any, kind string, fields []wire.Field) []string {
	pattern := cfn.Object(of["MatchPattern"])
	among := func(list any, name string) bool {
		return slices.ContainsFunc(cfn.List(list), func(v any) bool { return strings.EqualFold(known(v), name) })
	}
	var texts []string
	for _, f := range fields {
		included, excluded := pattern["Included"+kind], pattern["Excluded"+kind]
		if included != nil && !among(included, f.Name) || excluded != nil && among(excluded, f.Name) {
			continue
		}
		scope := known(of["MatchScope"])
		if scope != "VALUE" {
			texts = append(texts, f.Name)
		}
		if scope != "KEY" {
			texts = append(texts, f.Value)
		}
	}
	return texts
}

// transform applies text transformations in their order; false for one that is not
// played here.
func transform(text string, list any) (string, bool) {
	steps := slices.Clone(cfn.List(list))
	slices.SortStableFunc(steps, func(a, b any) int {
		x, _ := cfn.Number(cfn.Object(a)["Priority"])
		y, _ := cfn.Number(cfn.Object(b)["Priority"])
		return int(x - y)
	})
	for _, step := range steps {
		switch known(cfn.Object(step)["Type"]) {
		case "NONE":
		case "LOWERCASE":
			text = strings.ToLower(text)
		case "URL_DECODE", "URL_DECODE_UNI":
			if plain, err := url.QueryUnescape(text); err == nil {
				text = plain
			}
		case "COMPRESS_WHITE_SPACE":
			text = strings.Join(strings.Fields(text), " ")
		case "NORMALIZE_PATH", "NORMALIZE_PATH_WIN":
			trailing := strings.HasSuffix(text, "/") && len(text) > 1
			if text = path.Clean(strings.ReplaceAll(text, `\`, "/")); trailing {
				text += "/"
			}
		case "REMOVE_NULLS":
			text = strings.ReplaceAll(text, "\x00", "")
		default:
			return "", false
		}
	}
	return text, true
}
