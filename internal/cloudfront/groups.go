package cloudfront

import (
	"slices"
	"strings"
)

// groups checks the ids of origins and origin groups, and what groups consist of.
func (c *checker) groups(d *Distribution) {
	seen := map[string]bool{}
	id := func(id, place string) {
		if id != "" && seen[id] {
			c.found.Add(OriginID, place+".Id", "the id %q is that of another origin or origin group as well", id)
		}
		seen[id] = true
	}
	for _, o := range d.origins {
		id(o.id, o.place)
	}
	if len(d.origins) == 0 && d.problem == nil && len(d.behaviors) > 0 {
		c.found.Add(OriginID, d.place+".Origins", "the distribution has no origin")
	}
	for _, g := range d.groups {
		id(g.id, g.place)
		members := g.place + ".Members"
		if n := len(g.members); n != 2 {
			c.found.Add(GroupMembers, members, "the origin group %s has %d members, and takes two", g.id, n)
		} else if g.members[0] == g.members[1] {
			c.found.Add(GroupMembers, members, "the origin group %s has the member %s twice", g.id, g.members[0])
		}
		for _, member := range g.members {
			if member != "" && d.origin(member) == nil {
				c.found.Add(GroupMembers, members, "the origin group %s has the member %q, which is not an origin of the distribution", g.id, member)
			}
		}
		for _, place := range []string{"Members", "FailoverCriteria.StatusCodes"} {
			if q, ok := g.quantities[place]; ok && q[0] != q[1] {
				c.found.Add(Quantity, g.place+"."+place+".Quantity", "Quantity is %v, and there are %v Items", q[0], q[1])
			}
		}
	}
	if groups := d.properties.Child("OriginGroups"); groups.Has("Quantity") && int(groups.Number("Quantity", 0)) != len(d.groups) {
		c.found.Add(Quantity, d.place+".OriginGroups.Quantity", "Quantity is %v, and there are %d Items", groups.Number("Quantity", 0), len(d.groups))
	}
	for _, b := range d.behaviors {
		if !slices.ContainsFunc(d.groups, func(g *originGroup) bool { return g.id == b.target }) {
			continue
		}
		refused := slices.DeleteFunc(slices.Clone(b.methods), func(m string) bool { return slices.Contains([]string{"GET", "HEAD", "OPTIONS"}, m) })
		if len(refused) > 0 {
			c.found.Add(GroupMethods, b.place+".AllowedMethods", "the %s leads to the origin group %s and allows %s", b.Name(), b.target, strings.Join(refused, ", "))
		}
	}
}
