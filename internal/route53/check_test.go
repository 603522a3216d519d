package route53

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/websocket-distribution/websocket-distribution/internal/apigateway"
	"github.com/websocket-distribution/websocket-distribution/internal/cfn"
	"github.com/websocket-distribution/websocket-distribution/internal/cloudfront"
	"github.com/websocket-distribution/websocket-distribution/internal/trace"
)

func TestRecordsThatLeadToADistribution(t *testing.T) {
	t.Parallel()
	alias := func(name, kind, zone, target string) string {
		return `{"Name": "` + name + `", "Type": "` + kind + `", "HostedZoneId": "Z1", "AliasTarget": {"HostedZoneId": ` + zone + `, "DNSName": ` + target + `}}`
	}
	const cloudFront, here = `"Z2FDTNDATAQYW2"`, `{"Fn::GetAtt": ["D", "DomainName"]}`
	for _, tt := range []struct{ name, config, record, rule, word string }{
		{name: "a record of an alias", record: alias("app.example.com.", "A", cloudFront, here)},
		{name: "a record of another name", record: alias("chat.example.com", "A", cloudFront, here), rule: "dns.alias", word: "chat.example.com"},
		{name: "a record under a wildcard alias", config: `"Aliases": ["*.example.com"]`, record: alias("chat.example.com", "A", cloudFront, here)},
		{name: "a wildcard record of a wildcard alias", config: `"Aliases": ["*.example.com"]`, record: alias(`\\052.example.com`, "A", cloudFront, here)},
		{name: "a wildcard record of one alias", record: alias("*.example.com", "A", cloudFront, here), rule: "dns.alias", word: "*.example.com"},
		{name: "aliases that are given later", config: `"Aliases": [{"Fn::ImportValue": "n"}]`, record: alias("chat.example.com", "A", cloudFront, here)},
		{name: "a name that is given later", record: `{"Name": {"Fn::ImportValue": "n"}, "Type": "A", "AliasTarget": {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": {"Fn::GetAtt": ["D", "DomainName"]}}}`},
		{name: "the zone of the site", record: alias("app.example.com", "A", `"Z1"`, here), rule: "dns.zone", word: `"Z1"`},
		{name: "a zone of the template", record: alias("app.example.com", "A", `{"Ref": "Zone"}`, here), rule: "dns.zone", word: "Zone"},
		{name: "IPv6 without IPV6Enabled", record: alias("app.example.com", "AAAA", cloudFront, here), rule: "dns.ipv6", word: "AAAA"},
		{name: "IPv6", config: `"Aliases": ["app.example.com"], "IPV6Enabled": true`, record: alias("app.example.com", "AAAA", cloudFront, here)},
		{name: "an alias of type CNAME", record: alias("app.example.com", "CNAME", cloudFront, here), rule: "dns.type", word: "CNAME"},
		{name: "a CNAME", record: `{"Name": "chat.example.com", "Type": "CNAME", "TTL": "300", "ResourceRecords": [` + here + `]}`, rule: "dns.alias", word: "chat.example.com"},
		{name: "a CNAME of an alias", record: `{"Name": "app.example.com", "Type": "CNAME", "TTL": "300", "ResourceRecords": [` + here + `]}`},
		{name: "the id in the place of the domain", record: alias("app.example.com", "A", cloudFront, `{"Ref": "D"}`), rule: "dns.target", word: "Ref of distribution D"},
		{name: "a record that leads elsewhere", record: alias("chat.example.com", "A", `"Z9"`, `"lb.example.com"`)},
		{name: "CloudFront's zone and an API's domain", record: alias("chat.example.com", "A", cloudFront, `{"Fn::GetAtt": ["Domain", "RegionalDomainName"]}`), rule: "dns.zone", word: "Domain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			config := tt.config
			if config == "" {
				config = `"Aliases": ["app.example.com"]`
			}
			for _, resource := range []string{`{"Type": "AWS::Route53::RecordSet", "Properties": ` + tt.record + `}`, `{"Type": "AWS::Route53::RecordSetGroup", "Properties": {"RecordSets": [` + tt.record + `]}}`} {
				var document map[string]any
				if err := json.Unmarshal([]byte(`{"Resources": {"R": `+resource+`, "Zone": {"Type": "AWS::Route53::HostedZone"}, "Domain": {"Type": "AWS::ApiGatewayV2::DomainName"},
					"D": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {`+config+`}}}}}`), &document); err != nil {
					t.Fatal(err)
				}
				template, err := cfn.Parse(document, cfn.Environment{}, cloudfront.Names())
				if err != nil {
					t.Fatal(err)
				}
				var found trace.Findings
				Check(template, cloudfront.Read(template, apigateway.Read(template, nil)), &found)
				if tt.rule == "" {
					if len(found) > 0 {
						t.Errorf("false alarm: %v", found)
					}
					continue
				}
				if !slices.ContainsFunc(found, func(f trace.Finding) bool {
					return f.Rule.ID == tt.rule && strings.Contains(f.Reason, tt.word) && f.Fix != ""
				}) {
					t.Errorf("found %v, want %s with %q", found, tt.rule, tt.word)
				}
			}
		})
	}
}
