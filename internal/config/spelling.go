package config

import (
	"strings"

	"github.com/websocket-distribution/websocket-distribution/internal/rules"
)

// keys are the keys of cdk.json for the fields whose name in Go is not the key
// with a capital. A test holds that each leads somewhere.
var keys = map[rules.Field]string{
	"AdditionalBehaviors":            "routes",
	"Certificate":                    "certificateArn",
	"HTTPVersion":                    "httpVersion",
	"HostedZone.ID":                  "hostedZone.id",
	"AllowedCountries":               "geoRestriction.allow",
	"DeniedCountries":                "geoRestriction.deny",
	"WebACL":                         "webAclArn",
	"Origin.URL":                     "apiUrl",
	"Origin.ReadTimeout":             "origin.readTimeoutSeconds",
	"Origin.KeepaliveTimeout":        "origin.keepaliveTimeoutSeconds",
	"Origin.ConnectionTimeout":       "origin.connectionTimeoutSeconds",
	"Origin.IPAddressType":           "origin.ipAddressType",
	"Forwarding.OriginRequestPolicy": "forwarding.originRequestPolicyId",
	"SecretARN":                      "secretArn",
	"SSMParameter":                   "ssmParameter",
	"LogGroup":                       "logGroupName",
	"Bucket":                         "bucketName",
	"Actions":                        "actionArns",
}

// spell is the key of cdk.json for a field, in the object that the field's
// section stands for.
func spell(field rules.Field) string {
	name, index, found := strings.Cut(string(field), "[")
	if found {
		index = "[" + index
	}
	if key, ok := keys[rules.Field(name)]; ok {
		return key + index
	}
	parts := strings.Split(name, ".")
	for i, part := range parts {
		if part != "" {
			parts[i] = strings.ToLower(part[:1]) + part[1:]
		}
	}
	return strings.Join(parts, ".") + index
}
