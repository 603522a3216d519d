package rules

import "testing"

func TestManagedPoliciesAreKnownByID(t *testing.T) {
	t.Parallel()
	for id, name := range map[string]string{
		"216adef6-5c7f-47e4-b989-5492eafa07d3": "AllViewer",
		"b689b0a8-53d0-40ab-baf2-68738e2966ac": "AllViewerExceptHostHeader",
		"33f36d7e-f396-46d9-90e0-52428a34d9dc": "AllViewerAndCloudFrontHeaders-2022-06",
		"acba4595-bd28-49b8-b9fe-13317c0390fa": "UserAgentRefererHeaders",
		"59781a5b-3903-41f3-afcb-af62929ccde1": "CORS-CustomOrigin",
		"88a5eaf4-2fd4-4709-b370-b4c650ea3fcf": "CORS-S3Origin",
		"bf0718e1-ba1e-49d1-88b1-f726733018ae": "HostHeaderOnly",
		"775133bc-15f2-49f9-abea-afb2e0bf67d2": "Elemental-MediaTailor-PersonalizedManifests",
	} {
		if p, ok := ManagedOriginRequestPolicy(id); !ok || p.Name != name {
			t.Errorf("%s: %+v, want %s", id, p, name)
		}
	}
	for id, caches := range map[string]bool{
		"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": false,
		"658327ea-f89d-4fab-a63d-7e88639e58f6": true,
		"83da9c7e-98b4-4e11-a168-04f0df8e2c65": true,
		"4cc15a8a-d715-48a4-82b8-cc0b614638fe": true,
		"b2884449-e4de-46a7-ac36-70bc7f1ddd6d": true,
		"2e54312d-136d-493c-8eb9-b001f22f67d2": true,
	} {
		if p, ok := ManagedCachePolicy(id); !ok || (p.MaxTTL > 0) != caches {
			t.Errorf("%s: %+v, want caches %v", id, p, caches)
		}
	}
}
