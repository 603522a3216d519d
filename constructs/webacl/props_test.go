package webacl_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/websocket-distribution/websocket-distribution/constructs/webacl"
	"github.com/websocket-distribution/websocket-distribution/internal/cdktest"
)

func TestEachPropChangesTheTemplate(t *testing.T) {
	type example = cdktest.Example[webacl.Props]
	set := func(f func(*webacl.Props)) example { return cdktest.Set(webacl.Props{}, f) }
	cdktest.EachPropChangesTheTemplate(t, map[string]example{
		"RateLimit":        set(func(p *webacl.Props) { p.RateLimit = 1000 }),
		"AllowedAddresses": set(func(p *webacl.Props) { p.AllowedAddresses = []string{"192.0.2.0/24"} }),
		"DeniedAddresses":  set(func(p *webacl.Props) { p.DeniedAddresses = []string{"192.0.2.0/24"} }),
		"TrustedAddresses": set(func(p *webacl.Props) { p.TrustedAddresses = []string{"192.0.2.0/24"} }),
		// The web ACL cannot see the distribution: this alone keeps its warning away.
		"DisableIPv6": cdktest.Set(webacl.Props{AllowedAddresses: []string{"192.0.2.0/24"}}, func(p *webacl.Props) { p.DisableIPv6 = true }),
		"CountOnly":   set(func(p *webacl.Props) { p.CountOnly = true }),
	}, func(stack awscdk.Stack, props *webacl.Props) { webacl.New(stack, "WebAcl", props) })
}
