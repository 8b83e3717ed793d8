import time, collections, pytest
from tests.unit.plugins.modules import test_faults as tf
from tests.unit.plugins.modules.test_faults import FAULT_CASES, faulty_sandbox, Matrix, write_package, SECRET, turn_by_turn
from tests.unit.plugins.modules.test_faults import _TURNS
from tests.support import matrix as mm
class No:
    def __new__(cls, state): return None
@pytest.mark.timeout(600)
def test_cmp():
    S=mm.Snapshot
    for number in (5,28,21):
        case=FAULT_CASES[number]; out=[]
        for k in (S,No):
            mm.Snapshot=k
            t=time.process_time()
            with faulty_sandbox() as (sandbox, clock), Matrix(case, sandbox, clock, write_package, (SECRET,)) as matrix:
                trials = matrix.trials(matrix.distinct_spots, lambda spot: turn_by_turn(number + spot))
                due = [trial for place, trial in enumerate(trials, number) if not trial.lasts or place % _TURNS == 0]
                v=[matrix.tried(trial) for trial in due]
            out.append([(str(x.trial),x.outcome,list(x.sent)) for x in v])
            print(number,case,k.__name__,len(v),collections.Counter(x.outcome for x in v),"cpu",round(time.process_time()-t,1),flush=True)
        same=[a for a,b in zip(*out) if a!=b]
        print(" differing:",len(same), [ (a,b) for a,b in zip(*out) if a!=b][:2])
