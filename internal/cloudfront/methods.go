package cloudfront

import (
	"slices"
	"strings"
)

var methodSets = [][]string{{"GET", "HEAD"}, {"GET", "HEAD", "OPTIONS"}, {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}}

// methods checks AllowedMethods and CachedMethods.
func (c *checker) methods(b *Behavior) {
	place := b.place + ".AllowedMethods"
	set := func(methods []string, sets [][]string) bool {
		methods = slices.Compact(slices.Sorted(slices.Values(methods)))
		return slices.ContainsFunc(sets, func(s []string) bool { return slices.Equal(s, methods) })
	}
	switch given := slices.DeleteFunc(slices.Clone(b.givenMethods), func(m string) bool { return m == "" }); {
	case len(given) != len(b.givenMethods), b.problem != nil:
		return // some are known only after the deploy
	case !slices.Contains(b.methods, "GET"):
		c.found.Add(MethodsGET, place, "the methods %s lack GET, with which every handshake begins", strings.Join(b.methods, ", "))
	case len(given) > 0 && !set(given, methodSets):
		c.found.Add(MethodsSet, place, "%s is not one of the sets of methods that CloudFront takes", strings.Join(given, ", "))
	}
	cached := b.cachedMethods
	if len(cached) == 0 || slices.Contains(cached, "") {
		return
	}
	place = b.place + ".CachedMethods"
	if !set(cached, methodSets[:2]) {
		c.found.AddFixed(MethodsSet, place, "set CachedMethods to [GET, HEAD] or [GET, HEAD, OPTIONS]", "%s is not one of the sets of methods that CloudFront caches", strings.Join(cached, ", "))
		return
	}
	for _, method := range cached {
		if !slices.Contains(b.methods, method) {
			c.found.AddFixed(MethodsSet, place, "allow the method in AllowedMethods, or do not cache it", "the method %s is cached and not allowed", method)
		}
	}
}
