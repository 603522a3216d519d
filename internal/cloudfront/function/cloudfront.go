package function

import (
	"slices"

	"github.com/dop251/goja"
)

// cloudfront is the module of the same name.
func (m *machine) cloudfront() goja.Value {
	vm := m.vm
	cf := vm.NewObject()
	location := vm.NewObject()
	_ = location.Set("name", "IAD")
	_ = location.Set("serverIp", "127.0.0.1")
	_ = location.Set("region", m.in.Region)
	_ = cf.Set("edgeLocation", location)
	_ = cf.Set("kvs", func(goja.FunctionCall) goja.Value {
		if m.f.Stores == 0 {
			panic(vm.NewTypeError("the function is associated with no key value store"))
		}
		return m.store()
	})
	_ = cf.Set("selectRequestOriginById", func(call goja.FunctionCall) goja.Value {
		m.run.Origins = []OriginChange{m.selected(call.Argument(0), call.Argument(1))}
		m.run.Failover = nil
		return goja.Undefined()
	})
	_ = cf.Set("updateRequestOrigin", func(call goja.FunctionCall) goja.Value {
		options, ok := call.Argument(0).(*goja.Object)
		if !ok {
			panic(vm.NewTypeError("updateRequestOrigin takes an object"))
		}
		change := OriginChange{}
		if len(m.run.Origins) > 0 {
			change.ID = m.run.Origins[0].ID
		}
		m.settings(&change, options)
		m.run.Origins, m.run.Failover = []OriginChange{change}, nil
		return goja.Undefined()
	})
	_ = cf.Set("createRequestOriginGroup", func(call goja.FunctionCall) goja.Value {
		m.group(call.Argument(0))
		return goja.Undefined()
	})
	cwt := vm.NewObject()
	for _, name := range []string{"validateToken", "generateToken"} {
		_ = cwt.Set(name, func(goja.FunctionCall) goja.Value {
			m.run.Open = append(m.run.Open, "the function calls cf.cwt."+name+", which is not played here")
			panic(vm.NewTypeError("cf.cwt.%s is not played here", name))
		})
	}
	_ = cf.Set("cwt", cwt)
	return cf
}

// selected is an origin of the distribution that a function chooses by its id, with
// what it overrides.
func (m *machine) selected(id, overrides goja.Value) OriginChange {
	if !slices.Contains(m.in.Origins, id.String()) {
		panic(m.vm.NewTypeError("the distribution has no origin %q", id.String()))
	}
	change := OriginChange{ID: id.String()}
	if options, ok := overrides.(*goja.Object); ok {
		m.overrides(&change, options)
	}
	return change
}

// group reads the origin group that a function makes.
func (m *machine) group(v goja.Value) {
	vm := m.vm
	options, ok := v.(*goja.Object)
	if !ok {
		panic(vm.NewTypeError("createRequestOriginGroup takes an object"))
	}
	members := elements(options.Get("originIds"))
	if len(members) != 2 {
		panic(vm.NewTypeError("createRequestOriginGroup takes two originIds, got %d", len(members)))
	}
	var changes []OriginChange
	for _, member := range members {
		object, ok := member.(*goja.Object)
		if !ok || object.Get("originId") == nil {
			panic(vm.NewTypeError("each of originIds has an originId"))
		}
		overrides := object.Get("originOverrides")
		if overrides == nil {
			overrides = goja.Undefined()
		}
		changes = append(changes, m.selected(object.Get("originId"), overrides))
	}
	var statuses []int
	if criteria, ok := options.Get("failoverCriteria").(*goja.Object); ok {
		for _, status := range elements(criteria.Get("statusCodes")) {
			statuses = append(statuses, int(status.ToInteger()))
		}
	}
	if len(statuses) == 0 {
		panic(vm.NewTypeError("createRequestOriginGroup takes failoverCriteria with statusCodes"))
	}
	for _, status := range statuses {
		if !slices.Contains([]int{400, 403, 404, 416, 429, 500, 502, 503, 504}, status) {
			panic(vm.NewTypeError("a failover status code is one of 400, 403, 404, 416, 429, 500, 502, 503, 504, got %d", status))
		}
	}
	m.run.Origins, m.run.Failover = changes, statuses
}
