package handshake

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// checkOutside finds options about APIs outside the template that contradict one
// another, or that have no effect.
func checkOutside(options *Options, apis *apigateway.Gateway, edge *cloudfront.Edge) error {
	hosts, complete := edge.OriginHosts()
	var problems []error
	for _, host := range slices.Sorted(maps.Keys(options.APIs)) {
		fail := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("APIs[%q] "+format, append([]any{host}, args...)...))
		}
		api := options.APIs[host]
		own, _ := apis.Own(host)
		switch {
		case own != nil:
			fail("is %s of the template, whose stages and keys are read from there; remove the entry", own.Name())
		case rules.HostName(strings.ToLower(host)) != nil:
			fail("must be the host name of an API, as an origin of the template names it, such as id.execute-api.region.amazonaws.com")
		case complete && !slices.Contains(hosts, strings.ToLower(host)):
			fail("has no effect: no origin of the template names this host (its origins: %s)", strings.Join(hosts, ", "))
		}
		if len(api.Keys) > 0 && !api.KeyRequired {
			fail("has Keys, and KeyRequired is false; set KeyRequired, or remove the keys")
		}
		if slices.Contains(api.Keys, "") {
			fail("has an empty key")
		}
		if _, isStage := rules.ExecuteAPIRegion(host); isStage && api.Stage != "" {
			if err := rules.StageName(api.Stage); err != nil {
				fail("has a bad Stage: it %w", err)
			}
		}
	}
	if options.Authorizer != nil && complete && !apis.Authorizes() && !slices.ContainsFunc(hosts, func(host string) bool {
		own, _ := apis.Own(host)
		return own == nil
	}) {
		problems = append(problems, errors.New("the option Authorizer has no effect: no $connect route of the template has AuthorizationType CUSTOM, and every origin leads to an API of the template"))
	}
	return errors.Join(problems...)
}
