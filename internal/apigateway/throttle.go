package apigateway

import "github.com/websocket-distribution/websocket-distribution/internal/trace"

// checkThrottle applies rule api.stage-throttle: a limit of 0 lets nobody in.
func checkThrottle(s *stage, key string) *trace.Refusal {
	limit, place := s.limits[""], "DefaultRouteSettings"
	if _, set := s.limits[""]; !set {
		limit = limits{-1, -1}
	}
	if own, set := s.limits[key]; set {
		place = "RouteSettings"
		if own.rate >= 0 {
			limit.rate = own.rate
		}
		if own.burst >= 0 {
			limit.burst = own.burst
		}
	}
	name := ""
	switch {
	case limit.rate == 0:
		name = "ThrottlingRateLimit"
	case limit.burst == 0:
		name = "ThrottlingBurstLimit"
	default:
		return nil
	}
	return trace.Refuse(StageThrottle, s.place+"."+place+"."+name, "stage %s has %s 0 for %s, so every handshake is throttled", s.name, name, key)
}
