package cloudfront

import (
	"regexp"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront/function"
)

var storeARN = regexp.MustCompile(`^arn:aws[a-z-]*:cloudfront::\d{12}:key-value-store/[A-Za-z0-9-]+$`)

// stores checks names of functions and key value stores, and which stores functions have.
func (c *checker) stores() {
	t := c.edge.template
	for _, kind := range []struct{ typ, what string }{{"AWS::CloudFront::Function", "functions"}, {"AWS::CloudFront::KeyValueStore", "key value stores"}} {
		first := map[string]string{}
		for _, r := range t.Of(kind.typ) {
			name := t.Properties(r).Aside().Text("Name")
			if other := first[name]; other != "" && name != "" {
				c.found.Add(function.Name, "Resources."+r.ID+".Properties.Name", "two %s are named %q: %s and %s", kind.what, name, other, r.ID)
			}
			first[name] = r.ID
		}
	}
	for _, r := range t.Of("AWS::CloudFront::Function") {
		config := t.Properties(r).Aside().Child("FunctionConfig")
		list := config.Children("KeyValueStoreAssociations")
		place := config.Place + ".KeyValueStoreAssociations"
		if n := len(list); n > 1 {
			c.found.AddFixed(function.Store, place, "keep one store", "function %s has %d key value stores, and takes one", r.ID, n)
		}
		for _, a := range list {
			if target := t.Resource(a.Reference("KeyValueStoreARN")); target != nil {
				if target.Type != "AWS::CloudFront::KeyValueStore" {
					c.found.Add(function.Store, place, "%s is a resource of type %s, not a key value store", target.ID, target.Type)
				} else if raw := t.Written(r); refersByRef(raw, target.ID) {
					c.found.AddFixed(function.Store, place, "use Fn::GetAtt "+target.ID+".Arn", "Ref of %s is its name, and KeyValueStoreARN takes the ARN", target.ID)
				}
				continue
			}
			if arn := a.Text("KeyValueStoreARN"); arn != "" && !storeARN.MatchString(arn) && !strings.Contains(arn, "{{") && !strings.Contains(arn, "${") {
				c.found.Add(function.Store, place, "%q is not the ARN of a key value store", arn)
			}
		}
	}
}

// refersByRef says whether a value has a Ref to a resource.
func refersByRef(v any, id string) bool {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if refersByRef(item, id) {
				return true
			}
		}
	case map[string]any:
		if len(v) == 1 && v["Ref"] == id {
			return true
		}
		for _, item := range v {
			if refersByRef(item, id) {
				return true
			}
		}
	}
	return false
}
