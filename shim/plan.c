/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include "../env/net.h"

#define NET_TCP_BITS (NET_BIT(CONNECT_TCP) | NET_BIT(BIND_TCP))
#define NET_UDP_BITS (NET_BIT(CONNECT_UDP) | NET_BIT(BIND_UDP))

bool plan_is_finer(const struct policy *policy, enum protection p)
{
    const struct network *net = &policy->net;
    if (p == NET_UDP) /* without it, who may do anything with UDP may send anywhere */
        return (net->some & ~net->all & NET_UDP_BITS) != 0 ||
               (net->all & NET_UDP_BITS) == NET_BIT(BIND_UDP);
    return p == FS_RESOLVE_UNIX && policy->paths[PATH_UNIX].at != NULL;
}

/* Whether the policy can live without protection p. UDP by port and UNIX sockets by path are newer
 * than the kernels that people have: a policy that asks for neither does without. */
static bool may_lack(const struct policy *policy, unsigned p)
{
    switch (policy->wishes[p]) {
    case WISH_DEGRADED:
        return true;
    case WISH_REQUIRED:
        return false;
    case WISH_DEFAULT:
    case WISH_DISABLED:
        break;
    }
    return protection_rows[p].abi > ABI_REQUIRED && !plan_is_finer(policy, (enum protection)p);
}

/* Adds what a protection consists of. */
static void handle(const struct ruleset_attr *row, struct ruleset_attr *handled)
{
    handled->handled_access_fs |= row->handled_access_fs;
    handled->handled_access_net |= row->handled_access_net;
    handled->scoped |= row->scoped;
}

/* Sorts the protections, and handles those that are active. Returns the set of those that are
 * missing. */
static protection_set protections_sort(const struct policy *policy, int abi, struct plan *plan)
{
    protection_set missing = 0;
    for (unsigned p = 0; p < PROTECTIONS; p++) {
        const struct protection_row *row = &protection_rows[p];
        protection_set bit = PROTECTION_BIT(p);
        if (policy->wishes[p] == WISH_DISABLED) {
            plan->disabled |= bit;
        } else if (abi >= row->abi) {
            plan->active |= bit;
            handle(&row->handled, &plan->handled);
        } else if (may_lack(policy, p)) {
            plan->degraded |= bit;
        } else {
            missing |= bit;
        }
    }
    return missing;
}

/* The rights of each list. A list of what may be executed takes that right from the others. */
static void rights_decide(const struct policy *policy, struct plan *plan)
{
    uint64_t kept = plan->handled.handled_access_fs;
    if (policy->paths[PATH_EXECUTABLE].at != NULL)
        kept &= ~ACCESS_FS_EXECUTE;
    plan->rights[PATH_READABLE] = ACCESS_FS_READ & kept;
    plan->rights[PATH_WRITABLE] = ACCESS_FS_WRITE & kept;
    plan->rights[PATH_EXECUTABLE] = ACCESS_FS_RUN;
    plan->rights[PATH_UNIX] = ACCESS_FS_RESOLVE_UNIX & kept;
}

/* What is granted everywhere is left to itself: Landlock denies only what a ruleset handles. */
static void wildcards_release(const struct policy *policy, struct ruleset_attr *handled)
{
    for (unsigned access = 0; access < NET_ACCESSES; access++)
        if (policy->net.all & NET_BIT(access))
            handled->handled_access_net &= ~net_rights[access];
    if (policy->unix_all)
        handled->handled_access_fs &= ~ACCESS_FS_RESOLVE_UNIX;
}

protection_set plan_make(const struct policy *policy, int abi, struct plan *plan)
{
    *plan = (struct plan){.abi = abi < ABI_LAST ? abi : ABI_LAST};
    plan->handled.handled_access_fs = ACCESS_FS_ABI_1;
    protection_set missing = protections_sort(policy, abi, plan);
    wildcards_release(policy, &plan->handled);
    rights_decide(policy, plan);
    return missing;
}

uint64_t plan_rights(const struct plan *plan, enum path_class which, bool directory)
{
    return plan->rights[which] & (directory ? ~0ULL : ACCESS_FS_FILE);
}

/* The kernel binds a socket that sends before it is bound, as to port 0 (udp(7)): who may send has
 * to be allowed that. */
static bool sends_unbound(const struct policy *policy)
{
    return ((policy->net.all | policy->net.some) & NET_BIT(CONNECT_UDP)) != 0;
}

uint64_t plan_port_rights(const struct plan *plan, const struct policy *policy, unsigned port)
{
    net_set granted = net_at(&policy->net, port);
    uint64_t rights = 0;
    if (port == 0 && sends_unbound(policy))
        granted |= NET_BIT(BIND_UDP);
    for (unsigned access = 0; access < NET_ACCESSES; access++)
        if (granted & NET_BIT(access))
            rights |= net_rights[access];
    return rights & plan->handled.handled_access_net;
}

unsigned plan_port_next(const struct policy *policy, unsigned port)
{
    return port == 0 && sends_unbound(policy) ? 0 : net_next(&policy->net, port);
}

/* The reasons of the first kind that hold (gates.h). */
static unsigned reasons_holding(const struct plan *plan, const struct policy *policy)
{
    net_set all = policy->net.all, some = all | policy->net.some;
    const struct {
        bool holds;
        unsigned opens;
    } reasons[] = {
        {policy->filter.mode == FILTER_NESTED, OPENED_BY(NESTED)},
        {(some & NET_TCP_BITS) != 0, OPENED_BY(TCP_GRANT)},
        {(some & NET_BIT(BIND_TCP)) != 0, OPENED_BY(TCP_LOCAL_GRANT)},
        {(all & NET_BIT(CONNECT_TCP)) != 0, OPENED_BY(TCP_OUTBOUND_ALL)},
        {(all & NET_TCP_BITS) == NET_TCP_BITS, OPENED_BY(TCP_ALL)},
        {(plan->disabled & PROTECTION_BIT(NET_TCP)) != 0, OPENED_BY(TCP_DISABLED)},
        {(some & NET_UDP_BITS) != 0, OPENED_BY(UDP_GRANT)},
        {(all & NET_UDP_BITS) == NET_UDP_BITS, OPENED_BY(UDP_ALL)},
        {(plan->disabled & PROTECTION_BIT(NET_UDP)) != 0, OPENED_BY(UDP_DISABLED)},
        {policy->net.icmp, OPENED_BY(ICMP_GRANT)},
        {policy->unix_all || policy->paths[PATH_UNIX].at != NULL, OPENED_BY(UNIX_GRANT)},
        {(plan->active & PROTECTION_BIT(FS_RESOLVE_UNIX)) != 0, OPENED_BY(UNIX_ENFORCED)},
        {(plan->disabled & PROTECTION_BIT(FS_RESOLVE_UNIX)) != 0, OPENED_BY(UNIX_DISABLED)},
        {(plan->disabled & PROTECTION_BIT(SIGNAL_SCOPE)) != 0, OPENED_BY(SIGNAL_DISABLED)},
    };
    unsigned holding = 0;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        holding |= reasons[i].holds ? reasons[i].opens : 0;
    return holding;
}

/* What SANDLOCK_SECCOMP_DENY closes beside what it names: to deny TCP or UDP is to deny what turns
 * into it. An MPTCP socket falls back to TCP. */
static gate_set gates_denied_too(const struct groups *groups)
{
    gate_set denied = 0;
    if (groups->denied & GATE_BIT(GATE_TCP))
        denied |= GATE_BIT(GATE_STREAM);
    if (groups->denied & GATE_BIT(GATE_UDP))
        denied |= GATE_BIT(GATE_DATAGRAM);
    return denied & ~groups->opened;
}

gate_set plan_gates(const struct plan *plan, const struct policy *policy,
                    const struct groups *groups)
{
    unsigned holding = reasons_holding(plan, policy);
    gate_set denied = groups->denied | gates_denied_too(groups);
    gate_set open = groups->opened;
    for (unsigned gate = 0; holding != 0 && gate < GATES; gate++)
        if (gate_rows[gate].opened_by & holding)
            open |= GATE_BIT(gate);
    open &= ~denied;
    if (open & GATE_BIT(GATE_UNIX)) /* whoever opened it: UNIX sockets are listened on too */
        open |= GATE_BIT(GATE_LISTEN) & ~denied;
    if ((open & gates_of_sockets) == gates_of_sockets)
        open |= GATE_BIT(GATE_I386_SOCKETS);
    return open;
}

enum gate_reason plan_gate_reason(const struct plan *plan, const struct policy *policy,
                                  const struct groups *groups, enum gate gate)
{
    gate_set bit = GATE_BIT(gate), open = plan_gates(plan, policy, groups);
    unsigned holding = reasons_holding(plan, policy) & gate_rows[gate].opened_by;
    if (policy->filter.mode == FILTER_OFF)
        return REASON_OFF;
    if (gate == GATE_I386_SOCKETS)
        return open & bit ? REASON_SOCKETS_OPEN : REASON_SOCKETS_CLOSED;
    if (groups->denied & bit)
        return REASON_DENIED;
    if (gates_denied_too(groups) & bit)
        return REASON_DENIED_TOO;
    if (groups->opened & bit)
        return REASON_ALLOWED;
    if (holding != 0)
        return (enum gate_reason)__builtin_ctz(holding);
    return open & bit ? REASON_UNIX_OPEN : REASON_NOT_GRANTED;
}
