"""Which network the calling thread's sockets belong to."""

from loopscope.errors import SimulationError
from loopscope.simulator.network.network import Network

_networks: list[Network] = []


def install(network: Network) -> None:
    """Let the threads of a world use a network."""
    _networks.append(network)


def uninstall() -> None:
    """Let no thread use a simulated network any more."""
    _networks.clear()


def network_here() -> Network | None:
    """Return the network of the calling thread; None if the thread is no part of a simulation."""
    if _networks and _networks[0].world.is_here():
        return _networks[0]
    return None


def needed_network() -> Network:
    """Return the network of the calling thread.

    Raises:
        SimulationError: The thread is no part of a simulation that has a network.
    """
    network = network_here()
    if network is None:
        raise SimulationError(
            "A simulated socket was used by a thread outside the simulation.", slug="outside"
        )
    return network
